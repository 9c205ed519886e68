#include "server/commands.h"

/*
 * The program. Everything is in the commands; this file alone is not in weir_server, so that tests
 * may link the rest.
 */
int main(int argc, char **argv)
{
	return command_main(argc, argv);
}
