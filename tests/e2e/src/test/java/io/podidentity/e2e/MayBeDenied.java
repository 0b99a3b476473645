package io.podidentity.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a test, or a class of tests, in which the API server is to deny something to MIC or NMI.
 * Elsewhere a denied request fails the test.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@interface MayBeDenied {
  /** What may be denied, each a regular expression for the whole of a verb and a path. */
  String[] value();
}
