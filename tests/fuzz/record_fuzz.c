/* Any bytes as input with any delimiter: the records and delimiters put together again are the input, and the words of a
 * command line split the same way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_reader(const char *text, size_t n, const char *delim, size_t ndelim)
{
	static int fd = -1;
	struct reader *r;
	AUTO_BUF all = { 0 };
	struct view v;
	struct err e;

	if (fd < 0 && (fd = memfd_create("record_fuzz", MFD_CLOEXEC)) < 0)
		abort();
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, n, 0) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	r = reader_new(fd, false, "fuzz", delim, ndelim);
	while (record_next(r, &v, &e) == NEXT_GOT) {
		if (ndelim > 0 && memmem(v.s, v.len, delim, ndelim) != NULL)
			abort();
		buf_add(&all, v.s, v.len);
		buf_add(&all, delim, all.len + ndelim <= n ? ndelim : 0);
	}
	if (all.len != n || (n > 0 && memcmp(all.data, text, n) != 0))
		abort();
	reader_free(r);
}

static void
check_words(const char *text, size_t n, const char *delim, size_t ndelim)
{
	struct view w = { text, n }, v;
	size_t at = 0, sum = 0, items = 0;
	bool more;

	do {
		more = record_word_next(&w, delim, ndelim, &at, &v);
		sum += v.len;
		items++;
	} while (more);
	if (sum > n || items > n + 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char spec[64], delim[RECORD_DELIM_MAX];
	size_t k = n > 0 ? data[0] % 8 : 0;
	struct err e;
	int ndelim;

	if (n < 1 + k)
		return 0;
	memcpy(spec, data + 1, k);
	spec[k] = '\0';
	ndelim = record_delim(spec, delim, &e);
	if (ndelim < 0)
		abort(); /* eight bytes always fit */
	check_reader((const char *)data + 1 + k, n - 1 - k, delim, (size_t)ndelim);
	check_words((const char *)data + 1 + k, n - 1 - k, delim, (size_t)ndelim);
	return 0;
}
