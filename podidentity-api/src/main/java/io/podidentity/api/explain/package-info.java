/**
 * Why a pod gets its token, or does not: a picture of the cluster in, the steps of the request's
 * path out. What NMI would answer is the broker's own answer, over that picture; the steps before
 * it say how that came about. Pure.
 */
@NullMarked
package io.podidentity.api.explain;

import org.jspecify.annotations.NullMarked;
