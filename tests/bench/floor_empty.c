/* Floor of a short tool: the spawn of an empty static program. */
int
main(void)
{
	return 0;
}
