# Writes the configuration that the package starts with: what `itqan init` writes, without a domain.
#   cmake -DPROGRAM=itqan -DFOLDER=scratch -DOUTPUT=itqan.toml -P configuration.cmake
file(REMOVE_RECURSE ${FOLDER})
execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=ITQAN_CONFIG ${PROGRAM} init --json --data ${FOLDER} --domain badges.example.org
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(READ ${FOLDER}/itqan.toml text)
string(REPLACE "\ndomain = " "\n# domain = " text "${text}")
string(REPLACE "\nlisten = \"127.0.0.1:8443\"" "\n# Where itqan.socket listens; change both together (systemctl edit itqan.socket).\nlisten = \"0.0.0.0:443\"" text "${text}")
file(WRITE ${OUTPUT} "${text}")
file(REMOVE_RECURSE ${FOLDER})
