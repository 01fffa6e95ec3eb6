/* Decides how words travel to another machine. Must never know what they mean.
 * Two layers. The inner one is a script for sh: `set -- 'word' ...; script`, quoted by shq. The outer one hides from the login
 * shell what not all of them read alike between single quotes: quotes, backslashes, '!' (csh), control characters; they
 * become octal numbers, which printf %b turns back.
 * Invariant: between the outer quotes there is no quote, backslash but before digits, '!' or newline. */
#include "far.h"

#include "shq.h"

void
far_begin(struct buf *words)
{
	buf_reset(words);
	buf_adds(words, "set --");
}

void
far_wordn(struct buf *words, const char *word, size_t n)
{
	buf_addc(words, ' ');
	shq_add(words, word, n);
}

void
far_word(struct buf *words, const char *word)
{
	buf_addc(words, ' ');
	shq_adds(words, word);
}

static void
far_hide(struct buf *out, const char *s)
{
	unsigned char c;

	for (; (c = (unsigned char)*s) != '\0'; s++)
		if (c < ' ' || c == 0x7f || c == '\'' || c == '\\' || c == '!')
			buf_addf(out, "\\0%03o", c);
		else
			buf_addc(out, *s);
}

void
far_end(const struct buf *words, const char *script, struct buf *out)
{
	buf_adds(out, "exec sh -c 'eval \"$(printf %b \"$0\")\"' '");
	far_hide(out, buf_str(words));
	far_hide(out, "\n");
	far_hide(out, script);
	buf_addc(out, '\'');
}
