/** Pure functions from a trace to membership maps, coding rates and pictures of them. */
@NullMarked
package io.dmst.core.explain;

import org.jspecify.annotations.NullMarked;
