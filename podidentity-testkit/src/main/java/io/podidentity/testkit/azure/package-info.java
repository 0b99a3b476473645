/**
 * One simulated Azure: the instance metadata service, Entra ID and Azure Resource Manager over real
 * HTTP(S), sharing the state of {@link io.podidentity.testkit.azure.FakeAzure}. What Resource
 * Manager assigns to a virtual machine or scale set is what the metadata service of its nodes gives
 * tokens for.
 *
 * <p>Start with {@link io.podidentity.testkit.azure.SimulatedAzure} in a test, or with {@link
 * io.podidentity.testkit.azure.SimulatedAzureMain} as a process of its own.
 *
 * <p>{@code SIMULATED-AZURE.md}, in this module's folder, has the vendor's page for each behaviour
 * and lists what is not modelled. Rate limits are there when they are asked for: {@link
 * io.podidentity.testkit.azure.ArmLimits}, {@link io.podidentity.testkit.azure.ImdsLimits}.
 */
@NullMarked
package io.podidentity.testkit.azure;

import org.jspecify.annotations.NullMarked;
