/* Floor of everything that reads a large state: a parse of the file by the JSON library alone. None of the suite's code.
 * usage: floor_json FILE */
#include <json-c/json.h>

int
main(int argc, char *argv[])
{
	return argc < 2 || json_object_from_file(argv[1]) == NULL;
}
