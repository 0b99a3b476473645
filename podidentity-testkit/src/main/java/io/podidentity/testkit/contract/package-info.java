/**
 * What every implementation of a port has to do, as tests to extend: an implementation's own test
 * gives the port and ways to change what it shows. Changes may take some seconds to show.
 */
@NullMarked
package io.podidentity.testkit.contract;

import org.jspecify.annotations.NullMarked;
