/** Network namespaces: single ones, and a cluster of them with nodes and pods; curl inside them. */
@NullMarked
package io.podidentity.harness.net;

import org.jspecify.annotations.NullMarked;
