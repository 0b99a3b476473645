/**
 * Programs that a pod might run: each gets tokens with one of Azure's SDKs, told nothing but what
 * an application tells it, and prints them. They are started by the end-to-end tests.
 */
@NullMarked
package io.podidentity.clients;

import org.jspecify.annotations.NullMarked;
