package io.podidentity.harness.process;

/**
 * How a command ended.
 *
 * @param exitCode 128 plus the signal's number if a signal ended it
 * @param stdout all it wrote to its standard output, as UTF-8
 * @param stderr all it wrote to its standard error, as UTF-8
 */
public record CommandResult(int exitCode, String stdout, String stderr) {}
