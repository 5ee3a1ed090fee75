/** Names of metrics and log keys, each written once. */
@NullMarked
package io.dmst.serve.metrics;

import org.jspecify.annotations.NullMarked;
