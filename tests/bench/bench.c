/* Times the rows of a table side by side: contenders of a row take turns, so that whatever else the machine does hits
 * all of them; the median of the turns counts. None of the suite's code, so that it can judge it.
 *
 * Table on stdin, TABs between fields:
 *   row  NAME  METRIC  LIMIT  SLACK  TURNS  TITLE
 *       METRIC: ratio (to the floor's wall time), ms (wall), net (ms over the floor), kib (peak)
 *   floor|ours|peer  LABEL  RUNS  SCALE  TURNS  STDIN  COMMAND STDIN "-": /dev/null; words of COMMAND split at spaces, no quotes
 * RUNS make one turn; the time of a turn is divided by them, and multiplied by SCALE (a contender too slow for all of the work is
 * given a part of it). TURNS of a contender: as many of the row's, 0: all. LIMIT 0: none. SLACK: seconds that ours may take on top.
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
	char kind[8], label[64], input[512], command[2048];
	int runs, turns;
	double scale;
	double s[TURNS_MAX]; /* seconds a run, one a turn */
	double median, ratio; /* ratio: to the floor, the median of the turns' own */
	long kib;            /* peak memory of the largest process */
	char failed[40];     /* how; "": it did not */
};

struct row {
	char name[40], metric[8], title[120];
	double limit, slack, value;
	int turns, nsides;
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

static int
side_spawn(const struct side *s, pid_t *pid)
{
	char text[2048], *argv[WORDS_MAX], *word, *save = NULL;
	posix_spawn_file_actions_t fa;
	int n = 0, r;

	snprintf(text, sizeof text, "%s", s->command);
	for (word = strtok_r(text, " ", &save); word != NULL && n < WORDS_MAX - 1; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, strcmp(s->input, "-") == 0 ? "/dev/null" : s->input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	r = posix_spawnp(pid, argv[0], &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	return r;
}

static void
run_once(struct side *s)
{
	struct rusage use;
	int st = 0, r;
	pid_t pid;

	if ((r = side_spawn(s, &pid)) != 0) {
		snprintf(s->failed, sizeof s->failed, "%.38s", strerror(r));
		return;
	}
	if (wait4(pid, &st, 0, &use) != pid)
		snprintf(s->failed, sizeof s->failed, "lost");
	else if (WIFSIGNALED(st))
		snprintf(s->failed, sizeof s->failed, "signal %d", WTERMSIG(st));
	else if (st != 0)
		snprintf(s->failed, sizeof s->failed, "exit %d", WEXITSTATUS(st));
	else if (use.ru_maxrss > s->kib)
		s->kib = use.ru_maxrss;
}

static void
run_turn(struct side *s, int turn)
{
	double from = now();
	int i;

	for (i = 0; i < s->runs && s->failed[0] == '\0'; i++)
		run_once(s);
	s->s[turn] = (now() - from) / s->runs * s->scale;
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

static struct side *
find_side(struct row *r, const char *kind)
{
	int i;

	for (i = 0; i < r->nsides; i++)
		if (strcmp(r->side[i].kind, kind) == 0)
			return &r->side[i];
	return NULL;
}

/* The ratio is the median of the turns' own ratios: a turn of ours and a turn of the floor lie next to each other. */
static void
side_judge(struct row *r, struct side *s)
{
	const struct side *fl = find_side(r, "floor");
	double ratio[TURNS_MAX], slack = strcmp(s->kind, "ours") == 0 ? r->slack : 0;
	int i;

	s->median = median(s->s, s->turns);
	for (i = 0; fl != NULL && i < s->turns; i++)
		ratio[i] = (s->s[i] - slack) / fl->s[i];
	s->ratio = fl == NULL ? 0 : s->turns < r->turns ? (s->median - slack) / fl->median : median(ratio, s->turns);
}

/* The worst of ours: each way that the row names must reach the limit. */
static void
row_judge(struct row *r)
{
	const struct side *s;
	double v, net = strcmp(r->metric, "net") == 0 ? find_side(r, "floor")->median : 0;

	for (s = r->side; s < r->side + r->nsides; s++) {
		if (strcmp(s->kind, "peer") != 0 && s->failed[0] != '\0')
			r->past = true;
		if (strcmp(s->kind, "ours") != 0)
			continue;
		v = strcmp(r->metric, "kib") == 0 ? (double)s->kib : strcmp(r->metric, "ratio") == 0 ? s->ratio : (s->median - net) * 1e3;
		if (v > r->value)
			r->value = v;
	}
	r->past |= r->limit > 0 && r->value > r->limit;
}

/* Every other turn goes backwards: who comes first has no advantage. */
static void
row_run(struct row *r)
{
	int turn, i, k;

	for (turn = 0; turn < r->turns; turn++) {
		for (i = 0; i < r->nsides; i++) {
			k = turn % 2 ? r->nsides - 1 - i : i;
			if (turn < r->side[k].turns)
				run_turn(&r->side[k], turn);
		}
	}
	for (i = 0; i < r->nsides; i++)
		side_judge(r, &r->side[i]);
	row_judge(r);
}

static void
row_print(struct row *r, double took)
{
	bool ratios = find_side(r, "floor") != NULL;
	const struct side *s;

	printf("%-4s %-16s %8.2f %-5s limit %.2f  %s (%.0f s)\n", r->past ? "PAST" : "ok", r->name, r->value, r->metric, r->limit,
	    r->title, took);
	for (s = r->side; s < r->side + r->nsides; s++) {
		printf("     %-6s %-28s %10.3f ms", s->kind, s->label, s->median * 1e3);
		if (ratios)
			printf("  %6.2f x", s->ratio);
		printf("  %7ld KiB", s->kib);
		if (s->scale != 1)
			printf("  (1/%g of the work)", s->scale);
		if (s->turns != r->turns)
			printf("  (%d of %d turns)", s->turns, r->turns);
		printf("%s%s\n", s->failed[0] != '\0' ? "  FAILED: " : "", s->failed);
	}
	fflush(stdout);
}

static void
row_json(FILE *f, const struct row *r, bool last)
{
	int i;

	fprintf(f, "  {\"name\": \"%s\", \"title\": \"%s\", \"metric\": \"%s\", \"value\": %.4f, \"limit\": %.4f, \"slack_seconds\": %.2f, "
	    "\"past\": %s, \"turns\": %d,\n   \"sides\": [", r->name, r->title, r->metric, r->value, r->limit, r->slack,
	    r->past ? "true" : "false", r->turns);
	for (i = 0; i < r->nsides; i++)
		fprintf(f, "%s\n    {\"kind\": \"%s\", \"label\": \"%s\", \"seconds\": %.7f, \"ratio\": %.4f, \"peak_kib\": %ld, "
		    "\"scale\": %g, \"turns\": %d, \"failed\": \"%s\"}",
		    i ? "," : "", r->side[i].kind, r->side[i].label, r->side[i].median, r->side[i].ratio, r->side[i].kib,
		    r->side[i].scale, r->side[i].turns, r->side[i].failed);
	fprintf(f, "]}%s\n", last ? "" : ",");
}

/* A picture of the ratio rows: one bar a contender, as a multiple of the floor, cut at CUT; a line where the limit is. */
#define UNIT 70
#define CUT 8
#define LEFT 210

static double
bar(double x)
{
	return (x < CUT ? x : CUT) * UNIT;
}

/* Where the number of a bar stands: not on the line of the limit. */
static double
beside(const struct row *r, double x)
{
	return LEFT + bar(r->limit > x && r->limit < x + 0.6 ? r->limit : x) + 6;
}

static bool
svg_shows(struct row *r)
{
	return strcmp(r->metric, "ratio") == 0 && find_side(r, "floor") != NULL;
}

static int
svg_row(FILE *f, struct row *r, int y)
{
	static const char *const colour[] = { "#9aa0a6", "#1b7f4b", "#c8743c" };
	const struct side *s;
	int c, top = y + 24;

	fprintf(f, "<text x=\"20\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y + 14, r->title);
	for (s = r->side, y = top; s < r->side + r->nsides; s++, y += 17) {
		c = strcmp(s->kind, "ours") == 0 ? 1 : strcmp(s->kind, "peer") == 0 ? 2 : 0;
		fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>"
		    "<text x=\"%.1f\" y=\"%d\">%.2f%s</text>\n", LEFT - 8, y + 10, s->label, LEFT, y, bar(s->ratio), colour[c],
		    beside(r, s->ratio), y + 10, s->ratio, s->ratio > CUT ? " (cut)" : "");
	}
	if (r->limit > 0 && r->limit < CUT)
		fprintf(f, "<path d=\"M%.1f %dV%d\" stroke=\"#b3261e\" stroke-dasharray=\"3 2\"/>\n", LEFT + bar(r->limit), top - 3, y);
	return y + 10;
}

static void
svg_write(FILE *f, struct row *rows, int n)
{
	int i, y = 50, height = 70;

	for (i = 0; i < n; i++)
		height += svg_shows(&rows[i]) ? 38 + 17 * rows[i].nsides : 0;
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
	    "<rect width=\"860\" height=\"%d\" fill=\"white\"/>\n<text x=\"20\" y=\"24\" font-size=\"15\">Wall time as a multiple of the floor, "
	    "a bare C program that does the least that must be done</text>\n<text x=\"20\" y=\"42\" fill=\"#5f6368\">shorter is better; "
	    "green: fh; brown: others; dashed: the limit that fh is held to</text>\n", height, height);
	for (i = 0; i < n; i++)
		if (svg_shows(&rows[i]))
			y = svg_row(f, &rows[i], y + 4);
	fputs("</svg>\n", f);
}

static void
row_read(struct row *r, char *const field[])
{
	snprintf(r->name, sizeof r->name, "%s", field[1]);
	snprintf(r->metric, sizeof r->metric, "%s", field[2]);
	r->limit = atof(field[3]);
	r->slack = atof(field[4]);
	r->turns = atoi(field[5]) < TURNS_MAX ? atoi(field[5]) : TURNS_MAX;
	snprintf(r->title, sizeof r->title, "%s", field[6]);
}

static void
side_read(const struct row *r, struct side *s, char *const field[])
{
	snprintf(s->kind, sizeof s->kind, "%s", field[0]);
	snprintf(s->label, sizeof s->label, "%s", field[1]);
	s->runs = atoi(field[2]) > 0 ? atoi(field[2]) : 1;
	s->scale = atof(field[3]) > 0 ? atof(field[3]) : 1;
	s->turns = atoi(field[4]) > 0 && atoi(field[4]) < r->turns ? atoi(field[4]) : r->turns;
	snprintf(s->input, sizeof s->input, "%s", field[5]);
	snprintf(s->command, sizeof s->command, "%s", field[6]);
}

static int
table_read(FILE *f, struct row *rows, int max)
{
	char line[4096], *field[8], *p;
	int n = 0, k;

	while (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		for (p = line, k = 0; k < 8 && (field[k] = strsep(&p, "\t")) != NULL; k++)
			;
		if (k == 7 && strcmp(field[0], "row") == 0 && n < max) {
			row_read(&rows[n++], field);
		} else if (k == 7 && n > 0 && rows[n - 1].nsides < SIDES_MAX) {
			side_read(&rows[n - 1], &rows[n - 1].side[rows[n - 1].nsides], field);
			rows[n - 1].nsides++;
		} else {
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
	double from = now(), began;
	FILE *json, *svg;
	int n, i, past = 0;

	if (argc != 3 || (n = table_read(stdin, rows, 64)) < 0)
		return 2;
	for (i = 0; i < n; i++) {
		began = now();
		row_run(&rows[i]);
		row_print(&rows[i], now() - began);
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
	printf("%d rows in %.0f s, %d past their limit\n", n, now() - from, past);
	return fclose(json) != 0 || fclose(svg) != 0 || past > 0;
}
