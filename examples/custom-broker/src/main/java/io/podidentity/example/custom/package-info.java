/** An embedded broker over HTTP for workloads that are not pods. */
@NullMarked
package io.podidentity.example.custom;

import org.jspecify.annotations.NullMarked;
