/**
 * What a move to workload identity federation needs, pure: who uses which identity today, and which
 * service account has to be trusted by which identity for that to go on.
 */
@NullMarked
package io.podidentity.api.federation;

import org.jspecify.annotations.NullMarked;
