package io.podidentity.bin.http;

import java.time.Duration;

/**
 * What clients may cost.
 *
 * @param parse how long a request's line and headers may take to come
 * @param idle how long a connection may be open without a request
 * @param hold how long it may be open with one: the longest hold, and what comes beside it
 * @param perSource connections from one address at most; one more is closed at once
 * @param connections from all addresses together. One address has half of what is free at most, and
 *     the first few of each are let in beyond it, up to half as many again
 */
public record ServerLimits(
    Duration parse, Duration idle, Duration hold, int perSource, int connections) {}
