/* Decides which colour a job has. Must never know what is painted. */
#include "paint.h"

#include "mem.h"

/* Colours of a terminal with 256, in the order in which GNU parallel 20221122 gives them to its jobs (observed: after these it
 * starts over). DARK: the letters are black, else white. */
#define DARK 256
static const unsigned short colors[] = {
	134, 21, 243, DARK + 149, 102, DARK + 231, 203, DARK + 78, 73, DARK + 208, 167, DARK + 6, 44, 22, 244,
	DARK + 150, 103, DARK + 249, 204, DARK + 79, 74, DARK + 209, 168, DARK + 7, 45, DARK + 186, 135, DARK + 151,
	104, DARK + 250, 205, DARK + 80, 75, DARK + 210, 169, DARK + 9, 52, DARK + 187, 136, 23, 245, DARK + 251, 206,
	DARK + 81, 76, DARK + 211, 170, DARK + 10, 53, DARK + 188, 137, 24, 246, DARK + 152, 105, DARK + 82, 77,
	DARK + 212, 171, DARK + 11, 54, DARK + 189, 138, 25, 247, DARK + 153, 106, DARK + 252, 207, DARK + 213, 172,
	DARK + 13, 55, DARK + 190, 139, 26, 248, DARK + 154, 107, DARK + 253, 208, DARK + 83, 78, DARK + 14, 56,
	DARK + 191, 140, 27, 249, DARK + 155, 108, DARK + 254, 209, DARK + 84, 79, DARK + 214, 173, DARK + 192, 141,
	28, 250, DARK + 156, 109, 1, 210, DARK + 85, 80, DARK + 215, 174, DARK + 15, 57, 29, DARK + 157, 110, 2, 211,
	DARK + 86, 81, DARK + 216, 175, DARK + 40, 58, DARK + 193, 142, DARK + 158, 111, 3, 212, DARK + 87, 88,
	DARK + 217, 176, DARK + 41, 59, DARK + 194, 143, 30, 4, 213, DARK + 113, 89, DARK + 218, 177, DARK + 42, 60,
	DARK + 195, 144, 31, DARK + 159, 112, DARK + 114, 90, DARK + 219, 178, DARK + 43, 61, DARK + 196, 145, 32,
	DARK + 171, 113, 5, 214, DARK + 220, 180, DARK + 44, 62, DARK + 197, 146, 33, DARK + 172, 114, 6, 232,
	DARK + 115, 91, DARK + 45, 63, DARK + 198, 147, 34, DARK + 173, 124, 7, 233, DARK + 116, 92, DARK + 221, 182,
	DARK + 199, 148, 35, DARK + 174, 125, 8, 234, DARK + 117, 93, DARK + 222, 183, DARK + 46, 64, 36, DARK + 175,
	126, 9, 235, DARK + 118, 94, DARK + 223, 184, DARK + 47, 65, DARK + 200, 149, DARK + 176, 127, 12, 236,
	DARK + 119, 95, DARK + 224, 196, DARK + 48, 66, DARK + 201, 160, 37, 13, 237, DARK + 120, 96, DARK + 225, 197,
	DARK + 49, 67, DARK + 202, 161, 38, DARK + 177, 128, DARK + 121, 97, DARK + 226, 198, DARK + 50, 68,
	DARK + 203, 162, 39, DARK + 178, 129, 16, 238, DARK + 227, 199, DARK + 51, 69, DARK + 204, 163, 40,
	DARK + 179, 130, 17, 239, DARK + 122, 98, DARK + 75, 70, DARK + 205, 164, 41, DARK + 180, 131, 18, 240,
	DARK + 123, 99, DARK + 228, 200, DARK + 206, 165, 42, DARK + 181, 132, 19, 241, DARK + 147, 100, DARK + 229,
	201, DARK + 76, 71, 43, DARK + 182, 133, 20, 242, DARK + 148, 101, DARK + 230, 202, DARK + 77, 72, DARK + 207,
	166, DARK + 185,
};

#define FAILED 196

static void
paint_number(struct buf *out, unsigned color)
{
	buf_addf(out, "\033[48;5;%03u;38;5;%sm\033[K", color % DARK, color >= DARK ? "000" : "231");
}

void
paint_add(struct buf *out, uint64_t seq)
{
	paint_number(out, colors[(seq - 1) % ARRAY_LEN(colors)]);
}

void
paint_add_failed(struct buf *out)
{
	paint_number(out, FAILED);
}
