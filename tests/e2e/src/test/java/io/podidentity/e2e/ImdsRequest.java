package io.podidentity.e2e;

/**
 * A request that the metadata service received.
 *
 * @param number counts from 1
 * @param source the address it came from
 * @param path with its query
 */
record ImdsRequest(long number, String source, String path) {}
