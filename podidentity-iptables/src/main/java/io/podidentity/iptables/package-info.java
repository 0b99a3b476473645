/**
 * The node's packet rules: sends pods' metadata traffic to NMI, as AAD Pod Identity v1 does, and
 * keeps it so. Embedders call {@link io.podidentity.iptables.IptablesRedirect} and {@link
 * io.podidentity.iptables.RulesGuard}.
 *
 * <p>The only package that starts processes, and the only one that calls the C library (by
 * jnr-posix).
 */
@NullMarked
package io.podidentity.iptables;

import org.jspecify.annotations.NullMarked;
