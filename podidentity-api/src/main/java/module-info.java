/** Which Azure identity a Kubernetes pod may use, and how it gets a token for it. */
module io.podidentity.api {
  requires com.github.benmanes.caffeine;
  requires static transitive org.jspecify;

  exports io.podidentity.api;
  exports io.podidentity.api.assignment;
  exports io.podidentity.api.embed;
  exports io.podidentity.api.explain;
  exports io.podidentity.api.federation;
  exports io.podidentity.api.matching;
  exports io.podidentity.api.model;
  exports io.podidentity.api.spi;
  exports io.podidentity.api.telemetry;
  exports io.podidentity.api.token;
}
