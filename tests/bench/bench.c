/* Times the rows of a table side by side: contenders of a row take turns, so that whatever else the machine does hits
 * all of them; the median of the turns counts. None of the suite's code, so that it can judge it.
 *
 * Table on stdin, TABs between fields:
 *   row  NAME  METRIC  LIMIT  TURNS  INNER  TITLE     METRIC: ratio (to the floor's wall time), ms (wall), kib (peak)
 *   floor|ours|peer  LABEL  STDIN  COMMAND             STDIN "-": /dev/null; words of COMMAND split at spaces, no quotes
 * INNER runs make one turn; the time of a turn is divided by INNER. LIMIT 0: none.
 * usage: bench JSON SVG < table.  Exit 0; 1 when a row is past its limit or a command failed. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define TURNS_MAX 64
#define SIDES_MAX 8
#define WORDS_MAX 64

extern char **environ;

struct side {
	char kind[8], label[40], input[512], command[2048];
	double s[TURNS_MAX]; /* seconds a run, one a turn */
	double median;
	long kib;            /* peak memory of the largest process */
	bool failed;
};

struct row {
	char name[40], metric[8], title[120];
	double limit, value;
	int turns, inner, nsides;
	bool past;
	struct side side[SIDES_MAX];
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
run_once(struct side *s)
{
	char text[2048], *argv[WORDS_MAX], *word, *save = NULL;
	posix_spawn_file_actions_t fa;
	struct rusage use;
	int n = 0, st = -1, r;
	pid_t pid;

	snprintf(text, sizeof text, "%s", s->command);
	for (word = strtok_r(text, " ", &save); word != NULL && n < WORDS_MAX - 1; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, strcmp(s->input, "-") == 0 ? "/dev/null" : s->input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (r != 0 || wait4(pid, &st, 0, &use) != pid)
		return false;
	if (use.ru_maxrss > s->kib)
		s->kib = use.ru_maxrss;
	return st == 0;
}

static void
run_turn(struct row *r, struct side *s, int turn)
{
	double from = now();
	int i;

	for (i = 0; i < r->inner && !s->failed; i++)
		s->failed = !run_once(s);
	s->s[turn] = (now() - from) / r->inner;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(const double *v, int n)
{
	double sorted[TURNS_MAX];

	memcpy(sorted, v, (size_t)n * sizeof *v);
	qsort(sorted, (size_t)n, sizeof *sorted, by_value);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static const struct side *
find_side(const struct row *r, const char *kind)
{
	int i;

	for (i = 0; i < r->nsides; i++)
		if (strcmp(r->side[i].kind, kind) == 0)
			return &r->side[i];
	return NULL;
}

/* The ratio is the median of the turns' own ratios: a turn of ours and a turn of the floor lie next to each other. */
static double
side_value(const struct row *r, const struct side *s)
{
	const struct side *fl = find_side(r, "floor");
	double ratio[TURNS_MAX];
	int i;

	if (strcmp(r->metric, "kib") == 0)
		return (double)s->kib;
	if (strcmp(r->metric, "ms") == 0 || fl == NULL)
		return s->median * 1e3;
	for (i = 0; i < r->turns; i++)
		ratio[i] = s->s[i] / fl->s[i];
	return median(ratio, r->turns);
}

/* The worst of ours: each way that the row names must reach the limit. */
static double
row_value(const struct row *r)
{
	double worst = 0, v;
	int i;

	for (i = 0; i < r->nsides; i++)
		if (strcmp(r->side[i].kind, "ours") == 0 && (v = side_value(r, &r->side[i])) > worst)
			worst = v;
	return worst;
}

static void
row_run(struct row *r)
{
	int turn, i;

	for (turn = 0; turn < r->turns; turn++)
		for (i = 0; i < r->nsides; i++)
			run_turn(r, &r->side[i], turn);
	for (i = 0; i < r->nsides; i++)
		r->side[i].median = median(r->side[i].s, r->turns);
	r->value = row_value(r);
	r->past = r->limit > 0 && r->value > r->limit;
	for (i = 0; i < r->nsides; i++)
		r->past |= r->side[i].failed && strcmp(r->side[i].kind, "peer") != 0;
}

static void
row_print(const struct row *r)
{
	const struct side *fl = find_side(r, "floor");
	int i;

	printf("%-4s %-22s %8.2f %-5s limit %.2f  %s\n", r->past ? "PAST" : "ok", r->name, r->value, r->metric, r->limit,
	    r->title);
	for (i = 0; i < r->nsides; i++) {
		const struct side *s = &r->side[i];

		printf("     %-6s %-22s %10.3f ms", s->kind, s->label, s->median * 1e3);
		if (fl != NULL && fl->median > 0)
			printf("  %6.2f x", s->median / fl->median);
		printf("  %7ld KiB%s\n", s->kib, s->failed ? "  FAILED" : "");
	}
	fflush(stdout);
}

static void
row_json(FILE *f, const struct row *r, bool last)
{
	int i;

	fprintf(f, "  {\"name\": \"%s\", \"title\": \"%s\", \"metric\": \"%s\", \"value\": %.4f, \"limit\": %.4f, \"past\": %s, "
	    "\"turns\": %d,\n   \"sides\": [", r->name, r->title, r->metric, r->value, r->limit, r->past ? "true" : "false", r->turns);
	for (i = 0; i < r->nsides; i++)
		fprintf(f, "%s\n    {\"kind\": \"%s\", \"label\": \"%s\", \"seconds\": %.7f, \"peak_kib\": %ld, \"failed\": %s}",
		    i ? "," : "", r->side[i].kind, r->side[i].label, r->side[i].median, r->side[i].kib,
		    r->side[i].failed ? "true" : "false");
	fprintf(f, "]}%s\n", last ? "" : ",");
}

/* A picture of the ratio rows: one bar a contender, as a multiple of the floor, cut at 12 x. */
static void
svg_write(FILE *f, const struct row *rows, int n)
{
	const double unit = 50, cut = 12;
	int i, k, y = 40, height = 60;

	for (i = 0; i < n; i++)
		height += find_side(&rows[i], "floor") != NULL ? 26 + 16 * rows[i].nsides : 0;
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
	    "<rect width=\"900\" height=\"%d\" fill=\"white\"/>\n<text x=\"20\" y=\"22\" font-size=\"15\">wall time as a multiple of the floor "
	    "(shorter is better)</text>\n", height, height);
	for (i = 0; i < n; i++) {
		const struct side *fl = find_side(&rows[i], "floor");

		if (fl == NULL || fl->median <= 0)
			continue;
		fprintf(f, "<text x=\"20\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y += 16, rows[i].title);
		for (k = 0; k < rows[i].nsides; k++, y += 16) {
			const struct side *s = &rows[i].side[k];
			double x = s->median / fl->median;

			fprintf(f, "<text x=\"20\" y=\"%d\">%s</text><rect x=\"190\" y=\"%d\" width=\"%.0f\" height=\"11\" fill=\"%s\"/>"
			    "<text x=\"%.0f\" y=\"%d\">%.2f x</text>\n", y + 15, s->label, y + 6, (x < cut ? x : cut) * unit,
			    strcmp(s->kind, "ours") == 0 ? "#1b7f4b" : strcmp(s->kind, "floor") == 0 ? "#888" : "#c8743c",
			    196 + (x < cut ? x : cut) * unit, y + 15, x);
		}
		y += 10;
	}
	fputs("</svg>\n", f);
}

static int
table_read(FILE *f, struct row *rows, int max)
{
	char line[4096], *field[8], *p;
	int n = 0, k;

	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (p = line, k = 0; k < 8 && (field[k] = strsep(&p, "\t")) != NULL; k++)
			;
		if (k == 7 && strcmp(field[0], "row") == 0 && n < max) {
			struct row *r = &rows[n++];

			snprintf(r->name, sizeof r->name, "%s", field[1]);
			snprintf(r->metric, sizeof r->metric, "%s", field[2]);
			r->limit = atof(field[3]);
			r->turns = atoi(field[4]) < TURNS_MAX ? atoi(field[4]) : TURNS_MAX;
			r->inner = atoi(field[5]);
			snprintf(r->title, sizeof r->title, "%s", field[6]);
		} else if (k == 4 && n > 0 && rows[n - 1].nsides < SIDES_MAX) {
			struct side *s = &rows[n - 1].side[rows[n - 1].nsides++];

			snprintf(s->kind, sizeof s->kind, "%s", field[0]);
			snprintf(s->label, sizeof s->label, "%s", field[1]);
			snprintf(s->input, sizeof s->input, "%s", field[2]);
			snprintf(s->command, sizeof s->command, "%s", field[3]);
		} else if (line[0] != '#' && line[0] != '\0') {
			fprintf(stderr, "bench: table: %s: not a row\n", line);
			return -1;
		}
	}
	return n;
}

int
main(int argc, char *argv[])
{
	static struct row rows[64];
	int n, i, past = 0;
	FILE *json, *svg;

	if (argc != 3 || (n = table_read(stdin, rows, 64)) < 0)
		return 2;
	for (i = 0; i < n; i++) {
		row_run(&rows[i]);
		row_print(&rows[i]);
		past += rows[i].past;
	}
	if ((json = fopen(argv[1], "w")) == NULL || (svg = fopen(argv[2], "w")) == NULL) {
		fprintf(stderr, "bench: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	fputs("[\n", json);
	for (i = 0; i < n; i++)
		row_json(json, &rows[i], i == n - 1);
	fputs("]\n", json);
	svg_write(svg, rows, n);
	printf("%d rows, %d past their limit\n", n, past);
	return fclose(json) != 0 || fclose(svg) != 0 || past > 0;
}
