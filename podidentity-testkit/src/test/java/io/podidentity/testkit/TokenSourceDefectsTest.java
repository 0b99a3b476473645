package io.podidentity.testkit;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.model.AccessToken;
import io.podidentity.api.spi.TokenSource;
import io.podidentity.testkit.contract.TokenSourceContract;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of the token source finds what is wrong with a double, clause by clause. */
final class TokenSourceDefectsTest {
  @Test
  void tokenSource() {
    Thread first = Thread.currentThread();
    PlantedDefects.areFound(
        TokenSourceContract.class,
        Tokens.class,
        List.of(
            new Defect(
                "gives tokens for something else",
                "fetch",
                1,
                call ->
                    call.<List<AccessToken>>result().stream()
                        .map(
                            token ->
                                new AccessToken(
                                    token.value(), token.expiresOn(), token.notBefore(), "other"))
                        .toList()),
            PlantedDefects.stale("fetch", 1),
            new Defect("gives nothing to who counts", "fetch", 2, call -> List.of()),
            new Defect(
                "tells of another credential",
                "issue",
                2,
                call ->
                    new TokenSource.Issued(
                        call.<TokenSource.Issued>result().tokens(), "of another")),
            new Defect(
                "calls a refusal an outage",
                "fetch",
                1,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    throw as(ErrorReason.TOKEN_UNAVAILABLE, e);
                  }
                }),
            new Defect(
                "calls an odd identity refused",
                "fetch",
                1,
                call -> {
                  try {
                    return call.proceed();
                  } catch (PodIdentityException e) {
                    throw e.reason() == ErrorReason.IDENTITY_INVALID
                        ? as(ErrorReason.TOKEN_REFUSED, e)
                        : e;
                  }
                }),
            new Defect(
                "does not heed an interrupt",
                "fetch",
                1,
                call -> {
                  boolean interrupted = Thread.interrupted();
                  try {
                    return call.proceed();
                  } finally {
                    if (interrupted) {
                      first.interrupt();
                    }
                  }
                }),
            new Defect(
                "works on one thread",
                "fetch",
                1,
                call -> {
                  if (Thread.currentThread() != first) {
                    throw new IllegalStateException("another thread");
                  }
                  return call.proceed();
                }),
            new Defect(
                "prints its last token",
                "toString",
                0,
                call -> "TokenSource[last=token 1 of AzureIdentity default/known]")));
  }

  private static PodIdentityException as(ErrorReason reason, PodIdentityException e) {
    return new PodIdentityException(reason, String.valueOf(e.getMessage()));
  }

  /** With the planted defect. */
  static class Tokens extends InMemoryTokensTest {
    @Override
    protected TokenSource source() {
      return Defect.in(TokenSource.class, super.source());
    }
  }
}
