/* Decides how a job reads as a row. Must never know where rows go. */
#include "results_row.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"

/* --- CSV and TSV --------------------------------------------------------------------------------------------------- */

/* Bare unless it holds what could end it or be lost; a quote within quotes is doubled. */
static void
csv_add(char sep, const char *s, size_t n, struct buf *out)
{
	bool quote = false;
	size_t i;

	for (i = 0; i < n && !quote; i++)
		quote = s[i] == sep || s[i] == '\0' || strchr(" \"\t\r\n", s[i]) != NULL;
	if (!quote) {
		buf_add(out, s, n);
		return;
	}
	buf_addc(out, '"');
	for (i = 0; i < n; i++) {
		if (s[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, s[i]);
	}
	buf_addc(out, '"');
}

/* The name of value n (from 1): V1 .. V9, and what perl's ++ makes of these: W0 .. Z9, AA0 .. ZZ9. */
static void
add_value_name(size_t n, struct buf *out)
{
	size_t tens = n / 10;

	if (tens < 5)
		buf_addc(out, (char)('V' + tens));
	else {
		buf_addc(out, (char)('A' + (tens - 5) / 26 % 26));
		buf_addc(out, (char)('A' + (tens - 5) % 26));
	}
	buf_addc(out, (char)('0' + n % 10));
}

static void
csv_header(char sep, const char *const *names, size_t n, size_t nvalues, struct buf *out)
{
	static const char *const first[] = { "Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal",
		"Command" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(first); i++)
		buf_addf(out, "%s%c", first[i], sep);
	for (i = 0; i < nvalues; i++) {
		if (i < n)
			csv_add(sep, names[i], strlen(names[i]), out);
		else
			add_value_name(i + 1, out);
		buf_addc(out, sep);
	}
	buf_addf(out, "Stdout%cStderr\n", sep);
}

static void
csv_row(char sep, const struct job *j, size_t nvalues, const struct buf text[2], struct buf *out)
{
	size_t i;

	buf_addf(out, "%" PRIu64 "%c", j->seq, sep);
	csv_add(sep, job_host(j), strlen(job_host(j)), out);
	buf_addf(out, "%c%.3f%c%.3f%c%" PRIu64 "%c%" PRIu64 "%c%d%c%d%c", sep,
	    (double)j->start_wall_ns / CLOCK_S, sep, (double)(j->end_ns - j->start_ns) / CLOCK_S, sep, j->fed_bytes, sep,
	    j->sent_bytes[0] + j->back_bytes, sep, job_exitval(j), sep, job_signal(j), sep);
	csv_add(sep, buf_str(&j->command), j->command.len, out);
	for (i = 0; i < nvalues; i++) {
		buf_addc(out, sep);
		csv_add(sep, args_at(&j->args, i), j->args.v[i].len, out);
	}
	for (i = 0; i < 2; i++) {
		buf_addc(out, sep);
		csv_add(sep, buf_str(&text[i]), text[i].len, out);
	}
	buf_addc(out, '\n');
}

/* --- JSON ---------------------------------------------------------------------------------------------------------- */

static void
json_add(const char *s, size_t n, struct buf *out)
{
	buf_addc(out, '"');
	for (; n > 0; n--, s++)
		if (*s == '"' || *s == '\\')
			buf_addf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			buf_addf(out, "\\u%04x", *s);
		else
			buf_addc(out, *s);
	buf_addc(out, '"');
}

static void
json_row(const struct job *j, size_t nvalues, const struct buf text[2], struct buf *out)
{
	size_t i;

	buf_addf(out, "{ \"Seq\": %" PRIu64 ", \"Host\": ", j->seq);
	json_add(job_host(j), strlen(job_host(j)), out);
	buf_addf(out, ", \"Starttime\": %.3f, \"JobRuntime\": %.3f, \"Send\": %" PRIu64 ", \"Receive\": "
	    "%" PRIu64 ", \"Exitval\": %d, \"Signal\": %d, \"Command\": ", (double)j->start_wall_ns / CLOCK_S,
	    (double)(j->end_ns - j->start_ns) / CLOCK_S, j->fed_bytes, j->sent_bytes[0] + j->back_bytes, job_exitval(j), job_signal(j));
	json_add(buf_str(&j->command), j->command.len, out);
	buf_adds(out, ", \"V\": [ ");
	for (i = 0; i < nvalues; i++) {
		if (i > 0)
			buf_addc(out, ',');
		json_add(args_at(&j->args, i), j->args.v[i].len, out);
	}
	buf_adds(out, " ], \"Stdout\": ");
	json_add(buf_str(&text[0]), text[0].len, out);
	buf_adds(out, ", \"Stderr\": ");
	json_add(buf_str(&text[1]), text[1].len, out);
	buf_adds(out, " }\n");
}

/* ------------------------------------------------------------------------------------------------------------------- */

void
row_header(enum row_form form, const char *const *names, size_t n, size_t nvalues, struct buf *out)
{
	if (form != ROW_JSON)
		csv_header(form == ROW_CSV ? ',' : '\t', names, n, nvalues, out);
}

void
row_add(enum row_form form, const struct job *j, size_t nvalues, const struct buf text[2], struct buf *out)
{
	if (form == ROW_JSON)
		json_row(j, nvalues, text, out);
	else
		csv_row(form == ROW_CSV ? ',' : '\t', j, nvalues, text, out);
}
