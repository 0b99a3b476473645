/** A program for a pod that checks the tokens it gets. */
@NullMarked
package io.podidentity.example.validator;

import org.jspecify.annotations.NullMarked;
