package io.dmst.core.explain.picture;

/**
 * What a picture is of, for those who see it without its context.
 *
 * @param image such as {@code cat.jpg}
 * @param prediction such as {@code cat 93.1%}
 * @param model such as {@code dmst-cifar10}
 */
public record Caption(String image, String prediction, String model) {

    String line() {
        return "%s · predicted %s · model %s".formatted(image, prediction, model);
    }
}
