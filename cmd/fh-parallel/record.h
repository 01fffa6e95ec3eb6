/* Bytes -> records. A reader takes bytes from a descriptor in blocks (or from memory) and hands out what stands between
 * delimiters. It reads only when asked and never more than one block ahead; a descriptor that has nothing yet is
 * reported (NEXT_WAIT), never waited for. It knows nothing of arguments, columns or jobs. */
#ifndef FH_PAR_RECORD_H
#define FH_PAR_RECORD_H

#include "args.h"
#include "err.h"

struct reader;

/* Records of fd, each ended by delim (1..RECORD_DELIM_MAX bytes; what follows the last delimiter is a record if it is
 * not empty). name is for messages. The reader owns fd where own is set. */
#define RECORD_DELIM_MAX 255
struct reader *reader_new(int fd, bool own, const char *name, const char *delim, size_t ndelim);

/* Next record, without its delimiter; borrowed from r until the next call.
 * NEXT_FAIL: read error, or a record longer than ARGS_MAX. */
enum next record_next(struct reader *r, struct view *out, struct err *e);

/* The records that are read and whole, each with its delimiter behind it; borrowed until the next call. False: there is none; record_next
 * reads on. Nothing of them is handed out until record_take says how many bytes were used, to the end of one of them. */
bool record_run(const struct reader *r, struct view *out);
void record_take(struct reader *r, size_t n);

/* Whether any byte read so far was a NUL: else no record needs a look. */
bool reader_had_nul(const struct reader *r);

/* The descriptor to poll for input after NEXT_WAIT. */
int reader_fd(const struct reader *r);
/* Makes record_next wait inside instead of answering NEXT_WAIT (on), or not (off, the default). */
void reader_block(struct reader *r, bool on);
/* NULL is allowed. */
void reader_free(struct reader *r);

/* Next item of word w, split at the delimiter: an empty word, and what follows a last delimiter, are items too. *at starts
 * at 0; false: it was the last. */
bool record_word_next(const struct view *w, const char *delim, size_t ndelim, size_t *at, struct view *out);

/* The byte of one escape at s (behind the backslash), *n characters long: \n \t \r and up to three octal digits. -1 where
 * it is none: then the backslash and what follows stand for themselves, as in the reference (\x41 and \f too). */
int record_escape(const char *s, size_t *n);

/* -d's argument to bytes: C escapes and octal as the reference has them. Returns the length (<= RECORD_DELIM_MAX), or
 * -1 with words. out must hold RECORD_DELIM_MAX bytes. */
int record_delim(const char *text, char *out, struct err *e);

#endif
