/** What the clients of this module share. It is public for them and not meant for embedders. */
@NullMarked
package io.podidentity.azure.http;

import org.jspecify.annotations.NullMarked;
