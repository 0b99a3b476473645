/**
 * The identities of virtual machines and scale sets, through Azure Resource Manager. {@link
 * io.podidentity.azure.arm.ArmClients} puts the parts together.
 */
@NullMarked
package io.podidentity.azure.arm;

import org.jspecify.annotations.NullMarked;
