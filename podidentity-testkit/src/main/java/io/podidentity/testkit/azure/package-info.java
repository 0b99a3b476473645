/**
 * One simulated Azure: the instance metadata service, Entra ID and Azure Resource Manager over real
 * HTTP(S), sharing the state of {@link io.podidentity.testkit.azure.FakeAzure}. What Resource
 * Manager assigns to a virtual machine or scale set is what the metadata service of its nodes gives
 * tokens for.
 *
 * <p>Start with {@link io.podidentity.testkit.azure.SimulatedAzure} in a test, or with {@link
 * io.podidentity.testkit.azure.SimulatedAzureMain} as a process of its own.
 *
 * <p>Rate limits are there when they are asked for: {@link io.podidentity.testkit.azure.ArmLimits},
 * {@link io.podidentity.testkit.azure.ImdsLimits}.
 *
 * <p>Not simulated: that a change takes longer the more machines a scale set has, and reaches its
 * instances by its upgrade policy; locks and policies on resources; changes of machines by anybody
 * but the test; role assignments other than {@link
 * io.podidentity.testkit.azure.FakeAzure#denyAssign}, and the minutes until one counts; attested
 * data, scheduled events, and the discovery documents of other issuers: a federated credential is
 * told its issuer's key.
 */
@NullMarked
package io.podidentity.testkit.azure;

import org.jspecify.annotations.NullMarked;
