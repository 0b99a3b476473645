/**
 * The structure, held by tests. Each rule is also run against a class, planted in this module's
 * test sources, that breaks it: a rule that cannot fail is none.
 */
@NullMarked
package io.podidentity.architecture;

import org.jspecify.annotations.NullMarked;
