/** Tests of the Helm chart, and of the manifests that are rendered from it. */
@NullMarked
package io.podidentity.chart;

import org.jspecify.annotations.NullMarked;
