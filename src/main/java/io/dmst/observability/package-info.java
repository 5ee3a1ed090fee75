/** Names of metrics and log keys, each written once. */
@NullMarked
package io.dmst.observability;

import org.jspecify.annotations.NullMarked;
