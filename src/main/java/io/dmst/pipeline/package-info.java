/** From encoded images to their outcomes, the same for every protocol: limits, decode, deadline. */
@NullMarked
package io.dmst.pipeline;

import org.jspecify.annotations.NullMarked;
