package io.podidentity.azure.arm;

import com.azure.core.http.HttpMethod;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One request to Resource Manager.
 *
 * @param doing what it is for, as messages go on after "cannot"
 * @param body JSON; null for none
 * @param ifMatch the ETag that the resource must still have; null to change it whatever it has
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ArmCall(
    String doing, HttpMethod method, URI url, byte @Nullable [] body, @Nullable String ifMatch) {

  static ArmCall get(String doing, URI url) {
    return new ArmCall(doing, HttpMethod.GET, url, null, null);
  }

  static ArmCall patch(String doing, URI url, byte[] body, @Nullable String ifMatch) {
    return new ArmCall(doing, HttpMethod.PATCH, url, body, ifMatch);
  }

  boolean isWrite() {
    return method != HttpMethod.GET;
  }
}
