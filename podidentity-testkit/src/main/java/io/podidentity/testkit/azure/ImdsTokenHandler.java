package io.podidentity.testkit.azure;

import io.podidentity.testkit.http.RecordedRequest;
import io.podidentity.testkit.http.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metadata/identity/oauth2/token}.
 *
 * <p>Source:
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
final class ImdsTokenHandler {
  private final FakeAzure azure;
  private final ImdsTokenCache cache;

  ImdsTokenHandler(FakeAzure azure) {
    this.azure = azure;
    this.cache = new ImdsTokenCache(azure.clock(), azure.tokens());
  }

  void lifetime(Duration lifetime) {
    cache.lifetime(lifetime);
  }

  Reply answer(RecordedRequest request, @Nullable Compute compute) {
    String resource = request.queryParameter("resource").orElse("");
    if (resource.isEmpty()) {
      return ImdsRules.error(400, "invalid_request", "Required audience parameter not specified");
    }
    if (azure.isResourceRejected(resource)) {
      return ImdsRules.error(
          400,
          "invalid_resource",
          "AADSTS500011: The resource principal named "
              + resource
              + " was not found in the tenant named "
              + azure.tenantId()
              + ".");
    }
    if (compute == null) {
      return ImdsRules.unknownSource();
    }
    ImdsIdentityChoice choice = ImdsIdentityChoice.choose(request, compute, azure);
    if (choice.subject() == null) {
      return ImdsRules.error(400, "invalid_request", choice.refusal());
    }
    boolean fresh = request.queryParameter("bypass_cache").orElse("").equalsIgnoreCase("true");
    return success(choice.subject(), cache.token(choice.subject(), resource, fresh));
  }

  /** Every value is a string, numbers too. */
  private Reply success(FakeTokens.Subject subject, FakeTokens.Issued issued) {
    long expiresIn = Duration.between(azure.clock().instant(), issued.expiresOn()).toSeconds();
    Map<String, String> body = new LinkedHashMap<>();
    body.put("access_token", issued.token());
    body.put("client_id", subject.clientId());
    body.put("expires_in", Long.toString(expiresIn));
    body.put("expires_on", Long.toString(issued.expiresOn().getEpochSecond()));
    body.put("ext_expires_in", Long.toString(expiresIn));
    body.put("not_before", Long.toString(issued.notBefore().getEpochSecond()));
    body.put("refresh_token", "");
    body.put("resource", issued.audience());
    body.put("token_type", "Bearer");
    return Reply.json(200, body);
  }
}
