/** The rules, as pure functions: who is asking, what is bound to whom, what a request may have. */
@NullMarked
package io.podidentity.api.matching;

import org.jspecify.annotations.NullMarked;
