/**
 * Azure: {@code imds} gets tokens from the instance metadata service, {@code arm} reads and changes
 * the identities of virtual machines and scale sets, {@code entra} gets tokens for service
 * principals, {@code config} reads what a cluster is told about its cloud. {@code http} is what
 * they share.
 */
@NullMarked
package io.podidentity.azure;

import org.jspecify.annotations.NullMarked;
