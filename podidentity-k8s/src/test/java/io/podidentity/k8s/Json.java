package io.podidentity.k8s;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Objects from what the API server sends, as the client reads it. */
final class Json {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Json() {}

  static <T> T read(String json, Class<T> type) {
    return SERIALIZATION.unmarshal(json, type);
  }

  static String write(Object object) {
    return SERIALIZATION.asJson(object);
  }
}
