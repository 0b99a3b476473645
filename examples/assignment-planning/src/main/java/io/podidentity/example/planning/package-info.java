/** The planner alone: a dump of a cluster in, a plan with reasons out. */
@NullMarked
package io.podidentity.example.planning;

import org.jspecify.annotations.NullMarked;
