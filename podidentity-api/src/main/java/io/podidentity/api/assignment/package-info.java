/**
 * Keeping Azure in step with the cluster: {@link io.podidentity.api.assignment.AssignmentPlanner}
 * decides, {@link io.podidentity.api.assignment.TargetApplier} does, {@link
 * io.podidentity.api.assignment.Reconciler} says when.
 */
@NullMarked
package io.podidentity.api.assignment;

import org.jspecify.annotations.NullMarked;
