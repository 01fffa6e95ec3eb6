/* Floor of a durable write: read FILE, write it to a temporary file beside it, fsync, rename, fsync of the folder.
 * None of the suite's code.
 * usage: floor_replace FOLDER NAME */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char text[1 << 20];

int
main(int argc, char *argv[])
{
	int dir, fd;
	ssize_t n;

	if (argc < 3 || (dir = open(argv[1], O_RDONLY | O_DIRECTORY)) < 0)
		return 2;
	if ((fd = openat(dir, argv[2], O_RDONLY)) < 0 || (n = read(fd, text, sizeof text)) < 0)
		return 2;
	close(fd);
	fd = openat(dir, ".floor.tmp", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, (size_t)n) != n || fsync(fd) < 0)
		return 1;
	close(fd);
	return renameat(dir, ".floor.tmp", dir, argv[2]) < 0 || fsync(dir) < 0;
}
