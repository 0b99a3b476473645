package io.podidentity.example.vendor;

import io.podidentity.api.model.AzureIdentity;
import io.podidentity.testkit.contract.TokenSourceContract;
import io.podidentity.testkit.http.Fault;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

final class FederatedTokenSourceContractTest extends TokenSourceContract {
  private final VendorFixture fixture = new VendorFixture();
  private final FederatedTokenSource source = fixture.source(VendorFixture.ISSUER);

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Override
  protected FederatedTokenSource source() {
    return source;
  }

  @Override
  protected Clock clock() {
    return fixture.clock;
  }

  @Override
  protected AzureIdentity known() {
    return VendorFixture.identity("known");
  }

  /** The issuer vouches for it, but Entra ID was not told of that subject. */
  @Override
  protected AzureIdentity unknown() {
    return VendorFixture.identity("unknown");
  }

  @Override
  protected void throttle(boolean now) {
    fixture.entra.faults().clear();
    if (now) {
      fixture.entra.faults().always(Fault.status(429));
    }
  }
}
