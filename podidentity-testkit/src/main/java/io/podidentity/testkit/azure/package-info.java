/**
 * One simulated Azure: the instance metadata service, Entra ID and Azure Resource Manager over real
 * HTTP(S), sharing the state of {@link io.podidentity.testkit.azure.FakeAzure}. What Resource
 * Manager assigns to a virtual machine or scale set is what the metadata service of its nodes gives
 * tokens for.
 *
 * <p>Start with {@link io.podidentity.testkit.azure.SimulatedAzure} in a test, or with {@link
 * io.podidentity.testkit.azure.SimulatedAzureMain} as a process of its own.
 *
 * <p>Not simulated: rate limits of Resource Manager and of the metadata service (script 429 with
 * {@link io.podidentity.testkit.http.Faults}), role assignments other than {@link
 * io.podidentity.testkit.azure.FakeAzure#denyAssign}, attested data, scheduled events, and the
 * discovery documents of other issuers: a federated credential is told its issuer's key.
 */
@NullMarked
package io.podidentity.testkit.azure;

import org.jspecify.annotations.NullMarked;
