@NullMarked
package io.podidentity.iptables;

import org.jspecify.annotations.NullMarked;
