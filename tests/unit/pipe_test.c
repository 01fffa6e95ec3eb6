/* fh-parallel --pipe: borders, blocks, parts of files, feeders and who gets a block. Expectations are what GNU parallel 20221122
 * does; every table of blocks is walked with the input in pieces of every size. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "block.h"
#include "feeder.h"
#include "file.h"
#include "io.h"
#include "key.h"
#include "part.h"
#include "spread.h"

#define V(s) ((struct view){ s, strlen(s) })

/* --- blocks ------------------------------------------------------------------------------------------------------- */
enum { RX = 1, RRS = 2, BLANK = 4, GROUP = 8, DROP = 16 };

static const struct {
	const char *start, *end;
	int flags;
	unsigned lines, records;
	size_t size;
	const char *header, *in, *out; /* blocks, each followed by '|' */
} cuts[] = {
	{ "", "\n", 0, 0, 0, 5, NULL, "1\n2\n3\n4\n5\n", "1\n2\n|3\n4\n|5\n|" },
	{ "", "\n", 0, 0, 0, 1, NULL, "1\n2\n3\n", "1\n|2\n|3\n|" },
	{ "", "\n", 0, 0, 0, 5, NULL, "aaaa\nbbbb\ncccc\n", "aaaa\n|bbbb\n|cccc\n|" },
	{ "", "\n", 0, 0, 0, 10, NULL, "aaaa\nbbbb\ncccc\n", "aaaa\nbbbb\n|cccc\n|" },
	{ "", "\n", 0, 0, 0, 100, NULL, "a\nb", "a\nb|" },
	{ "", "\n", 0, 0, 0, 100, NULL, "abc", "abc|" },
	{ "", "\n", 0, 0, 0, 100, NULL, "", "" },
	{ "", "\n", 0, 0, 0, 4, NULL, "xxxxxxxxx\n1\n2\n3\n4\n5\n6\n", "xxxxxxxxx\n|1\n2\n3\n4\n5\n|6\n|" },
	{ "", "", 0, 0, 0, 3, NULL, "abcdefghij", "abc|def|ghi|j|" },
	{ "", "", 0, 0, 2, 100, NULL, "abcde", "ab|cd|e|" },
	{ "", "\n", 0, 0, 3, 100, NULL, "1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n|4\n5\n6\n|7|" },
	{ "", "\n", 0, 0, 3, 4, NULL, "1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\n|4\n5\n6\n|7\n|" },
	{ "", "\n", 0, 0, 2, 100, NULL, "\n\na\n\n", "\n\na\n|\n|" },
	{ "", "\n", 0, 3, 0, 13, NULL, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "1\n2\n3\n4\n5\n6\n|7\n8\n9\n|10\n11\n12\n|" },
	{ "", "\n", 0, 2, 2, 100, NULL, "1\n2\n3\n4\n5\n", "1\n2\n3\n4\n|5\n|" },
	{ "", "\n", 0, 2, 1, 100, NULL, "\n\na\n\n\n\nb\n", "\n\na\n|\n\n\n|b\n|" },
	{ "", ",", 0, 2, 1, 100, NULL, "a,b,c,\nd,e\n,f,", "a,b,|c,\nd,|e\n,f,|" },
	{ "", "--", 0, 0, 1, 100, NULL, "a---b----c-", "a--|-b--|--c-|" },
	{ "", "--", 0, 0, 0, 6, NULL, "a---b----c-", "a---|b----|c-|" },
	{ "", "--", 0, 0, 0, 5, NULL, "a--b--c--d--", "a--|b--|c--|d--|" },
	{ ">", "", 0, 0, 0, 8, NULL, ">1\n>2\n>3\n>4\n>5\n>6\n", ">1\n>2\n|>3\n>4\n|>5\n>6\n|" },
	{ ",", "", 0, 0, 1, 100, NULL, "x,a,b", "x|,a|,b|" },
	{ "<", ">", 0, 0, 1, 100, NULL, "<a>x><b<><c>", "<a>x>|<b<>|<c>|" },
	{ "<", ">", 0, 0, 0, 8, NULL, "<a><b><c><dd>x<e><f>", "<a><b>|<c>|<dd>x<e><f>|" },
	{ "<", ">", 0, 0, 0, 6, NULL, "<a><b><c><d><e>", "<a>|<b>|<c>|<d>|<e>|" },
	{ "", "[0-9]+", RX, 0, 1, 100, NULL, "a1b22c3", "a1|b22|c3|" },
	{ "", "[0-9]+", RX, 0, 0, 4, NULL, "a1b222c3", "a1b2|22c3|" },
	{ "[0-9]", "", RX, 0, 1, 100, NULL, "ab1cd2ef", "ab|1cd|2ef|" },
	{ "[a-z]", "[0-9]", RX, 0, 0, 4, NULL, "a1b22c3d", "a1|b22|c3d|" },
	{ "", "\n\n+", RX, 0, 1, 100, NULL, "a\nb\n\nc\n\n\nd\n", "a\nb\n\n|c\n\n\n|d\n|" },
	{ "", "[;,]", RX, 0, 0, 4, NULL, "a;b,c;d,", "a;b,|c;d,|" },
	{ "", ",", RRS, 0, 1, 100, NULL, "a,b,c", "a|b|c|" },
	{ "", ",", RRS, 0, 2, 100, NULL, "a,b,c,d,", "ab|cd|" },
	{ "", ",", RRS, 0, 1, 100, NULL, ",,a,", "|a|" },
	{ ",", "", RRS, 0, 0, 4, NULL, ",a,b,c", "a|b|c|" },
	{ "<", ">", RRS, 0, 2, 100, NULL, "<a><b><c>", "ab|c|" },
	{ "[a-z]", "[0-9]", RX | RRS, 0, 1, 100, NULL, "a1b22c3d", "|2|||" },
	{ "", "[0-9]+", RX | RRS, 0, 0, 5, NULL, "a1b22c3d4", "ab|cd|" },
	{ "", "\n", 0, 0, 1, 100, ":", "h\na\nb\n", "h\na\n|h\nb\n|" },
	{ "", "\n", 0, 0, 0, 4, ":", "h\n1\n2\n3\n4\n5\n", "h\n1\n2\n|h\n3\n4\n|h\n5\n|" },
	{ "", "\n", 0, 0, 0, 5, ":", "abcdefghijkl\nde\nfg\n", "abcdefghijkl\nde\n|abcdefghijkl\nfg\n|" },
	{ "", "\n", 0, 0, 1, 100, "2", "h\ni\na\nb\n", "h\ni\na\n|h\ni\nb\n|" },
	{ "", "\n", 0, 0, 2, 100, "(%.*\n)*", "%h\n%i\na\nb\nc\n", "%h\n%i\na\nb\n|%h\n%i\nc\n|" },
	{ "", "\n", 0, 0, 0, 100, ":", "h\n", "" },
	{ "", "\n", 0, 0, 0, 100, ":", "abc", "abc|" },
	{ "", "\n", 0, 0, 1, 100, "d\n", "abc\nd\n", "abc\n|d\n|" },
	{ "", "\n", RRS, 0, 1, 100, ":", "h\na\nb\n", "h\na|h\nb|" },
	{ "", "\n", DROP, 0, 0, 4, ":", "h\n1\n2\n3\n", "1\n2\n|3\n|" },
	{ "", "\n", BLANK, 0, 0, 100, NULL, "a\n\nb\n \n\n", "a\nb\n|" },
	{ "", "\n", BLANK, 0, 0, 100, NULL, "\n\n", "|" },
	{ "", "\n", GROUP, 0, 1, 100, NULL, "1a\n1b\n2\n3\n", "1a\n1b\n|2\n|3\n|" },
	{ "", "\n", GROUP, 0, 2, 100, NULL, "1\n1\n2\n3\n", "1\n1\n2\n|3\n|" },
	{ "", "\n", GROUP, 0, 0, 7, NULL, "1\n1\n1\n2\n2\n3\n3\n3\n3\n4\n", "1\n1\n1\n|2\n2\n|3\n3\n3\n3\n4\n|" },
	{ "", "\n", GROUP, 0, 1, 100, NULL, "1\n1\n2", "1\n1\n|2|" },
};

static int
same_first_byte(void *self, struct view a, struct view b, struct err *e)
{
	(void)self;
	(void)e;
	return a.s[0] == b.s[0];
}

static void
cut_collect(struct blocks *b, struct buf *out)
{
	struct block *k;
	struct err e;

	while (blocks_next(b, &k, &e) == NEXT_GOT) {
		buf_add(out, k->data.data + k->from, k->data.len - k->from);
		buf_addc(out, '|');
		block_unref(k);
	}
}

START_TEST(blocks_are_cut)
{
	const char *in = cuts[_i].in;
	size_t len = strlen(in), piece, at, n;
	int flags = cuts[_i].flags;
	struct border *border;
	struct blocks *b;
	struct err e;
	char *to;

	ck_assert_int_eq(border_new(V(cuts[_i].start), V(cuts[_i].end), flags & RX, cuts[_i].lines ? cuts[_i].lines : 1, &border,
	    &e), 0);
	for (piece = 1; piece <= len + 1; piece++) {
		struct block_conf c = { .border = border, .size = cuts[_i].size, .records = cuts[_i].records,
			.counted = cuts[_i].lines > 0, .header = cuts[_i].header, .drop_header = flags & DROP,
			.strip = flags & RRS ? border : NULL, .no_blank = flags & BLANK, .same = flags & GROUP ? same_first_byte : NULL };
		AUTO_BUF out = { 0 };

		ck_assert_int_eq(blocks_new(&c, &b, &e), 0);
		for (at = 0; at < len;) {
			cut_collect(b, &out);
			ck_assert_ptr_nonnull(to = blocks_room(b, &n));
			n = n < piece ? n : piece;
			n = n < len - at ? n : len - at;
			memcpy(to, in + at, n);
			blocks_grown(b, n);
			at += n;
		}
		cut_collect(b, &out);
		blocks_end(b);
		cut_collect(b, &out);
		ck_assert_msg(strcmp(buf_str(&out), cuts[_i].out) == 0, "row %d in pieces of %zu: %s", _i, piece, buf_str(&out));
		blocks_free(b);
	}
	border_free(border);
}
END_TEST

START_TEST(a_newline_in_quotes_is_no_border)
{
	static const char text[] = "a,\"x\ny\"\n\nb,\"\"\"\n\"\nc";
	struct border *b = border_new_csv();
	size_t len = sizeof text - 1;

	ck_assert_uint_eq(border_first(b, text, len, 0), 8);
	ck_assert_uint_eq(border_after(b, text, len, 8), 9);
	ck_assert_uint_eq(border_after(b, text, len, 9), 17);
	ck_assert_uint_eq(border_after(b, text, len, 17), BORDER_NONE);
	ck_assert_uint_eq(border_last(b, text, len), 17);
	ck_assert_uint_eq(border_last(b, text, 14), 9); /* within quotes */
	ck_assert_uint_eq(border_last(b, text, 5), BORDER_NONE);
	border_free(b);
}
END_TEST

START_TEST(a_hurry_gives_what_is_whole)
{
	struct block_conf c = { .size = 100 };
	struct border *border;
	AUTO_BUF out = { 0 };
	struct blocks *b;
	struct err e;
	size_t n;

	border_new(V(""), V("\n"), false, 1, &border, &e);
	c.border = border;
	blocks_new(&c, &b, &e);
	memcpy(blocks_room(b, &n), "a\nb\nc", 5);
	blocks_grown(b, 5);
	cut_collect(b, &out);
	ck_assert_str_eq(buf_str(&out), "");
	blocks_hurry(b);
	cut_collect(b, &out);
	ck_assert_str_eq(buf_str(&out), "a\nb\n|");
	blocks_end(b);
	cut_collect(b, &out);
	ck_assert_str_eq(buf_str(&out), "a\nb\n|c|");
	blocks_free(b);
	border_free(border);
}
END_TEST

/* --- parts of files ------------------------------------------------------------------------------------------------ */
static const struct {
	const char *start, *end, *header;
	int64_t size;
	uint64_t slots;
	const char *in, *out;
} parts[] = {
	{ "", "\n", NULL, 5, 1, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "1\n2\n3\n|4\n5\n6\n|7\n8\n9\n|10\n|" },
	{ "", "\n", NULL, 7, 1, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "1\n2\n3\n4\n|5\n6\n7\n8\n|9\n10\n|" },
	{ "", "\n", NULL, 1, 1, "abc\n", "abc\n|" },
	{ "", "\n", NULL, 2, 1, "a\nb\nc", "a\nb\n|c|" },
	{ "", "\n", NULL, -1, 2, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "1\n2\n3\n4\n5\n6\n|7\n8\n9\n10\n|" },
	{ "", "\n", NULL, -1, 2, "aaaaaaaaaa\nbbbbbb\nbb\n", "aaaaaaaaaa\nbbbbbb\n|bb\n|" },
	{ "", "\n", ":", 6, 1, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "1\n2\n3\n4\n5\n|1\n6\n7\n8\n9\n|1\n10\n|" },
	{ "", ",", NULL, 3, 1, "a,b,c,d,", "a,b,|c,d,|" },
	{ ">", "", NULL, 8, 1, ">s1\nAC\nGT\n>s2\nTT\n>s3\nA\n", ">s1\nAC\nGT\n|>s2\nTT\n>s3\nA\n|" },
	{ "<", ">", NULL, 4, 1, "<a><b><c><d><e>", "<a><b>|<c><d>|<e>|" },
	{ "", "", NULL, 3, 1, "abcdefghij", "abc|def|ghi|j|" },
	{ "", "\n", NULL, 3, 1, "", "" },
};

/* A file of ours with that text; the name is to be removed. */
static void
make_file(char *name, const char *text)
{
	int fd;

	strcpy(name, "/tmp/fh-pipe-test.XXXXXX");
	fd = mkstemp(name);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(io_write_full(fd, text, strlen(text)), 0);
	close(fd);
}

START_TEST(files_are_cut)
{
	struct part_conf c = { .size = parts[_i].size, .slots = parts[_i].slots, .header = parts[_i].header };
	char name[64], text[256];
	const char *files[] = { name };
	struct border *border;
	AUTO_BUF out = { 0 };
	struct part *p;
	struct block *k;
	struct err e;
	ssize_t n;

	make_file(name, parts[_i].in);
	border_new(V(parts[_i].start), V(parts[_i].end), false, 1, &border, &e);
	c.border = border;
	ck_assert_int_eq(part_new(&c, files, 1, &p, &e), 0);
	while (part_next(p, &k, &e) == NEXT_GOT) {
		buf_add(&out, buf_str(&k->data), k->data.len);
		n = pread(k->fd, text, (size_t)k->len, (off_t)k->at);
		ck_assert_int_eq(n, (ssize_t)k->len);
		buf_add(&out, text, (size_t)n);
		buf_addc(&out, '|');
		block_unref(k);
	}
	ck_assert_str_eq(buf_str(&out), parts[_i].out);
	part_free(p);
	border_free(border);
	unlink(name);
}
END_TEST

/* A file in place of a stream is cut as the stream would be. */
START_TEST(a_file_as_stream_is_cut_as_one)
{
	struct part_conf c = { .size = (int64_t)cuts[_i].size, .drop_header = true };
	struct border *border;
	AUTO_BUF out = { 0 };
	char name[64], text[256];
	struct part *p;
	struct block *k;
	struct err e;
	int fd;

	if (cuts[_i].flags != 0 || cuts[_i].lines > 0 || cuts[_i].records > 0 || cuts[_i].header != NULL)
		return;
	make_file(name, cuts[_i].in);
	ck_assert_int_ge(fd = open(name, O_RDONLY), 0);
	border_new(V(cuts[_i].start), V(cuts[_i].end), false, 1, &border, &e);
	c.border = border;
	part_new_stream(&c, fd, "file", &p);
	while (part_next(p, &k, &e) == NEXT_GOT) {
		ck_assert_int_eq(pread(k->fd, text, (size_t)k->len, (off_t)k->at), (ssize_t)k->len);
		ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), (off_t)(k->at + k->len));
		buf_add(&out, text, (size_t)k->len);
		buf_addc(&out, '|');
		block_unref(k);
	}
	ck_assert_str_eq(buf_str(&out), cuts[_i].out);
	part_free(p);
	border_free(border);
	close(fd);
	unlink(name);
}
END_TEST

/* --- feeders ------------------------------------------------------------------------------------------------------- */
static struct block *
block_of(const char *text)
{
	struct block *k = block_new();

	buf_adds(&k->data, text);
	return k;
}

START_TEST(a_pipe_is_fed)
{
	struct feeder *f;
	struct block *k = block_of("head\n");
	char name[64], got[64] = "";
	int error;

	make_file(name, "0123456789");
	ck_assert_int_eq(feeder_new(FEEDER_PIPE, NULL, 10, &f), 0);
	k->fd = open(name, O_RDONLY);
	k->at = 2;
	k->len = 5;
	feeder_add(f, k);
	block_unref(k);
	ck_assert_int_eq(feeder_push(f, &error), FEED_IDLE);
	ck_assert_uint_eq(feeder_left(f), 0);
	ck_assert_uint_eq(feeder_total(f), 10);
	ck_assert_uint_eq(feeder_unread(f), 10);
	feeder_end(f);
	ck_assert_int_eq(feeder_push(f, &error), FEED_OVER);
	ck_assert_int_eq(io_read_full(feeder_job_fd(f), got, sizeof got), 10);
	ck_assert_str_eq(got, "head\n23456");
	ck_assert_uint_eq(feeder_unread(f), 0);
	feeder_free(f);
	unlink(name);
}
END_TEST

START_TEST(a_full_pipe_is_not_waited_for)
{
	struct feeder *f;
	struct block *k = block_new();
	int error;

	memset(buf_room(&k->data, 3 << 20), 'x', 3 << 20);
	buf_grown(&k->data, 3 << 20);
	ck_assert_int_eq(feeder_new(FEEDER_PIPE, NULL, 3 << 20, &f), 0);
	feeder_add(f, k);
	block_unref(k);
	feeder_end(f);
	ck_assert_int_eq(feeder_push(f, &error), FEED_FULL);
	ck_assert_uint_gt(feeder_left(f), 0);
	ck_assert_uint_eq(feeder_unread(f), 3 << 20);
	feeder_free(f);
}
END_TEST

START_TEST(a_file_is_written_and_removed)
{
	struct feeder *f;
	struct block *k = block_of("abc");
	AUTO_BUF got = { 0 }, name = { 0 };
	int error;

	ck_assert_int_eq(feeder_new(FEEDER_FILE, NULL, 3, &f), 0);
	feeder_add(f, k);
	block_unref(k);
	feeder_end(f);
	ck_assert_int_eq(feeder_push(f, &error), FEED_OVER);
	buf_adds(&name, feeder_name(f));
	ck_assert_int_eq(io_slurp_at(AT_FDCWD, buf_str(&name), &got, 100), 0);
	ck_assert_str_eq(buf_str(&got), "abc");
	feeder_free(f);
	ck_assert_int_ne(access(buf_str(&name), F_OK), 0);
}
END_TEST

START_TEST(a_fifo_waits_for_its_reader)
{
	struct feeder *f;
	struct block *k = block_of("abc");
	char got[8] = "";
	int error, fd;

	ck_assert_int_eq(feeder_new(FEEDER_FIFO, NULL, 3, &f), 0);
	feeder_add(f, k);
	block_unref(k);
	feeder_end(f);
	ck_assert_int_eq(feeder_push(f, &error), FEED_SHUT);
	fd = open(feeder_name(f), O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(feeder_push(f, &error), FEED_OVER);
	ck_assert_int_eq(io_read_full(fd, got, 4), 3);
	ck_assert_str_eq(got, "abc");
	close(fd);
	feeder_free(f);
}
END_TEST

/* --- keys, and who gets what --------------------------------------------------------------------------------------- */
static const struct {
	const char *colsep, *text, *header, *record, *value; /* value NULL: refused */
} keys[] = {
	{ " ", "1", NULL, "a 1\n", "a" }, { ",", "2", NULL, "a,b", "b" }, { NULL, "2", NULL, "a\tb\n", "b" },
	{ NULL, "2", NULL, "a b\n", "" }, { ",", "-1", NULL, "a,b,c\n", "c" }, { ",", "V", "U,V\n", "1,2\n", "2" },
	{ ",", "X", "U,V\n", "1,2\n", NULL }, { ",", "V", NULL, "1,2\n", NULL }, { ",", "0", NULL, "1,2\n", NULL },
	{ ",", "1 s/\\D//g", NULL, "12-3,1\n", "123" }, { NULL, "$_=substr($_,0,1)", NULL, "a1\n", "a" },
	{ ",", "1 s/(//", NULL, "a\n", NULL }, { ",", "2 $_ = uc $arg[1]", NULL, "a,b\n", "B" },
	{ NULL, "die", NULL, "a\n", NULL },
};

START_TEST(keys_are_found)
{
	struct opts o = { .colsep = keys[_i].colsep };
	struct key *k = NULL;
	struct view v;
	struct err e;
	struct perl *perl = perl_new();
	bool ok = key_new(&o, keys[_i].text, perl, &k, &e) == 0;

	if (ok && keys[_i].header != NULL)
		ok = key_header(k, V(keys[_i].header), &e) == 0;
	if (ok)
		ok = key_of(k, V(keys[_i].record), &v, &e) == 0;
	ck_assert_int_eq(ok, keys[_i].value != NULL);
	if (ok)
		ck_assert_msg(v.len == strlen(keys[_i].value) && memcmp(v.s, keys[_i].value, v.len) == 0, "%s", keys[_i].text);
	key_free(k);
	perl_free(perl);
}
END_TEST

START_TEST(bins_are_as_the_reference_has_them)
{
	ck_assert_uint_eq(key_bin(V("1"), 3), 0);
	ck_assert_uint_eq(key_bin(V("3x"), 3), 2);
	ck_assert_uint_eq(key_bin(V("4"), 3), 0);
	ck_assert_uint_eq(key_bin(V("0"), 3), 2);
	ck_assert_uint_eq(key_bin(V("-1"), 3), 1);
	ck_assert_uint_eq(key_bin(V("2.7"), 3), 1);
	ck_assert_uint_eq(key_bin(V("a"), 3), 2);
	ck_assert_uint_eq(key_shard(V("a"), 7), key_shard(V("a"), 7));
	ck_assert_uint_lt(key_shard(V("b"), 7), 7);
}
END_TEST

START_TEST(blocks_go_in_turn_or_to_all)
{
	static const enum spread_how hows[] = { SPREAD_TURNS, SPREAD_READY, SPREAD_ALL };
	static const uint64_t want[][2] = { { 2, 1 }, { 2, 1 }, { 3, 3 } };
	struct block *k = block_of("x");
	struct feeder *f[2];
	struct spread *s = spread_new(hows[_i], NULL, NULL);
	int i, error;
	struct err e;

	ck_assert(!spread_is_ready(s));
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(feeder_new(FEEDER_PIPE, NULL, 1, &f[i]), 0);
		spread_add(s, f[i]);
	}
	for (i = 0; i < 3; i++) {
		ck_assert(spread_is_ready(s));
		ck_assert_int_eq(spread_give(s, k, &e), 0);
		if (hows[_i] != SPREAD_ALL)
			ck_assert_uint_eq(feeder_left(f[i % 2]), 1);
		feeder_push(f[0], &error);
		feeder_push(f[1], &error);
	}
	block_unref(k);
	for (i = 0; i < 2; i++) {
		ck_assert_uint_eq(feeder_total(f[i]), want[_i][i]);
		spread_drop(s, f[i]);
		feeder_free(f[i]);
	}
	ck_assert(!spread_is_alive(s));
	spread_free(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pipe");
	TCase *t = tcase_create("pipe");
	SRunner *r;
	int failed;

	tcase_add_loop_test(t, blocks_are_cut, 0, ARRAY_LEN(cuts));
	tcase_add_test(t, a_newline_in_quotes_is_no_border);
	tcase_add_test(t, a_hurry_gives_what_is_whole);
	tcase_add_loop_test(t, a_file_as_stream_is_cut_as_one, 0, ARRAY_LEN(cuts));
	tcase_add_loop_test(t, files_are_cut, 0, ARRAY_LEN(parts));
	tcase_add_test(t, a_pipe_is_fed);
	tcase_add_test(t, a_full_pipe_is_not_waited_for);
	tcase_add_test(t, a_file_is_written_and_removed);
	tcase_add_test(t, a_fifo_waits_for_its_reader);
	tcase_add_loop_test(t, keys_are_found, 0, ARRAY_LEN(keys));
	tcase_add_test(t, bins_are_as_the_reference_has_them);
	tcase_add_loop_test(t, blocks_go_in_turn_or_to_all, 0, 3);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
