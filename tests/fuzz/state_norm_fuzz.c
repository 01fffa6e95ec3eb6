/* Any bytes as a state file: what is salvaged of them becomes a valid state, and stays one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "js_view.h"
#include "state_norm.h"
#include "state_show.h"
#include "state_valid.h"

#define NOW "2026-01-01T00:00:00Z"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
show(struct js root)
{
	AUTO_BUF out = { 0 }, missing = { 0 };
	struct err e;

	if (state_show_load(&out, root, false, &e) < 0 || state_show_load(&out, root, true, &e) < 0)
		abort();
	state_show_scenes(&out, root, '\n', &missing);
	state_show_current(&out, root, '\n', &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO_BUF text = { 0 }, object = { 0 }, once = { 0 }, twice = { 0 }, said = { 0 };
	struct err e;

	buf_add(&text, data, n);
	state_valid(&said, text.data, n);
	if (state_salvage(text.data, n, &object, &e) != STATE_WHOLE) {
		if (object.len != 0)
			abort();
		buf_adds(&object, "{}");
	}
	buf_reset(&said);
	state_norm(&once, js_root(object.data), "name", NOW);
	if (js_check(once.data, once.len, JS_PYTHON, &e) < 0 || state_valid(&said, once.data, once.len) != 0)
		abort();
	state_norm(&twice, js_root(once.data), "other", NOW);
	if (strcmp(once.data, twice.data) != 0)
		abort();
	show(js_root(once.data));
	return 0;
}
