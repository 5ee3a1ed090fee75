/** {@code Ops} as DJL arrays: the same network code on live arrays, with gradients. */
@NullMarked
package io.dmst.djl;

import org.jspecify.annotations.NullMarked;
