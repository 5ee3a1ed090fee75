/** DMST Serve: a white-box vision transformer that is trained, exported, served and explained. */
@NullMarked
package io.dmst;

import org.jspecify.annotations.NullMarked;
