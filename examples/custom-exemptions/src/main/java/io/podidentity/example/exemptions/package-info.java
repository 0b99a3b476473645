/** Ports are extended by wrapping them: a policy and an audit trail around the exemptions. */
@NullMarked
package io.podidentity.example.exemptions;

import org.jspecify.annotations.NullMarked;
