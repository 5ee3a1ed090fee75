package io.dmst.core.explain.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.dmst.core.checkpoint.ModelConfig;
import io.dmst.core.explain.Explainer;
import io.dmst.core.explain.Explanation;
import io.dmst.core.explain.Grid;
import io.dmst.core.explain.Traces;
import io.dmst.core.explain.Wanted;
import io.dmst.core.image.RgbImage;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class PictureRendererTests {

    private static final Caption CAPTION = new Caption("noise.png", "cat 93.1%", "tiny");

    public static RgbImage noise(int height, int width) {
        byte[] rgb = new byte[height * width * 3];
        new SplittableRandom(2).nextBytes(rgb);
        return new RgbImage(height, width, rgb);
    }

    private static Explanation explanation(String attention, int rows, int columns) {
        ModelConfig config = Traces.config(attention, rows, columns);
        return new Explainer(config, Wanted.everything(config)).explain(Traces.random(config), 0);
    }

    private static int pixel(RgbImage image, int y, int x) {
        int at = (y * image.width() + x) * 3;
        byte[] rgb = image.rgb();
        return (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
    }

    private static int brightness(int rgb) {
        return 299 * (rgb >> 16) + 587 * (rgb >> 8 & 0xff) + 114 * (rgb & 0xff);
    }

    @Test
    void aColourOfThePaletteLeadsBackToItsValue() {
        for (int i = 0; i <= 5000; i++) {
            double share = i / 5000.0;
            assertThat(Palette.share(Palette.colour(share))).isCloseTo(share, within(1 / 255.0));
        }
    }

    @Test
    void thePaletteGrowsBrighterWithTheValue() {
        // neighbours may be equal but for rounding
        for (int i = 3; i < 256; i++) {
            assertThat(brightness(Palette.colour(i / 255.0)))
                    .isGreaterThan(brightness(Palette.colour((i - 3) / 255.0)));
        }
    }

    @Test
    void groupsHaveColoursOfTheirOwn() {
        Set<Integer> colours = new HashSet<>();
        for (int group = 0; group < 16; group++) {
            colours.add(GroupColours.of(group));
        }
        assertThat(colours).hasSize(16);
    }

    @ParameterizedTest
    @CsvSource({"1,1,40,40", "3,5,60,100", "7,3,50,37", "8,8,64,64"})
    void aMapsColoursLeadBackToItsValues(int rows, int columns, int height, int width) {
        Grid grid = new Grid(rows, columns);
        float[] map = new float[grid.tokens()];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < map.length; i++) {
            map[i] = (float) (0.3 * random.nextDouble());
        }
        Scale scale = new Scale(0.3);

        RgbImage picture = new Tiles(noise(height, width), grid, 1).values(map, scale);

        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double expected = map[(y * rows / height) * columns + x * columns / width];
                assertThat(scale.value(pixel(picture, y, x)))
                        .isCloseTo(expected, within(0.3 / 255));
            }
        }
    }

    @Test
    void colourOverAPhotographIsTheStatedMixture() {
        RgbImage photograph = noise(8, 8);
        Scale scale = new Scale(1);
        float[] map = {0.7f};

        RgbImage over = new Tiles(photograph, new Grid(1, 1), 0.6).values(map, scale);

        for (int y = 0; y < 8; y++) {
            double grey = brightness(pixel(photograph, y, 3)) / 1000.0;
            int expected = scale.colour(0.7f) & 0xff;
            assertThat((double) (pixel(over, y, 3) & 0xff))
                    .isCloseTo(0.6 * expected + 0.4 * grey, within(0.51));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dmsa,1,1",
        "dmsa,3,5",
        "dmsa,1,13",
        "dmsa,13,1",
        "tssa,8,8",
        "mhsa,3,5",
        "mhsa,1,1"
    })
    void everyGridIsDrawnTheSameEveryTime(String attention, int rows, int columns) {
        Explanation explanation = explanation(attention, rows, columns);
        RgbImage seen = noise(40 * rows, 40 * columns);
        PictureRenderer first = new PictureRenderer(explanation, seen, CAPTION);
        PictureRenderer second =
                new PictureRenderer(explanation(attention, rows, columns), seen, CAPTION);

        assertThat(first.sheet(0.6).rgb()).isEqualTo(second.sheet(0.6).rgb());
        assertThat(first.sheet(1).rgb()).isNotEqualTo(first.sheet(0.6).rgb());
        assertThat(first.rates().rgb()).isEqualTo(second.rates().rgb());
        if (!attention.equals("mhsa")) {
            assertThat(first.segments().rgb()).isEqualTo(second.segments().rgb());
            assertThat(first.overlay(1, 2).rgb()).isEqualTo(second.overlay(1, 2).rgb());
            assertThat(first.overlay(1, 2).rgb()).isNotEqualTo(first.overlay(2, 2).rgb());
        }
    }

    @Test
    void theSheetShowsEveryGroupOfEveryLayer() {
        Explanation explanation = explanation("dmsa", 4, 4);
        RgbImage sheet = new PictureRenderer(explanation, noise(64, 64), CAPTION).sheet(1);

        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < sheet.height(); y++) {
            for (int x = 0; x < sheet.width(); x++) {
                colours.add(pixel(sheet, y, x));
            }
        }
        Scale scale = PictureRenderer.membershipScale(explanation);
        for (Explanation.Layer layer : explanation.layers()) {
            for (float[] map : layer.groups().orElseThrow().membership()) {
                for (float value : map) {
                    assertThat(colours).contains(scale.colour(value));
                }
            }
        }
    }

    @Test
    void whatTheExplanationDoesNotHaveIsRefused() {
        PictureRenderer pictures =
                new PictureRenderer(explanation("dmsa", 3, 5), noise(60, 100), CAPTION);
        PictureRenderer softmax =
                new PictureRenderer(explanation("mhsa", 3, 5), noise(60, 100), CAPTION);

        assertThatIllegalArgumentException().isThrownBy(() -> pictures.overlay(3, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> pictures.overlay(0, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> pictures.sheet(1.5));
        assertThatIllegalArgumentException()
                .isThrownBy(softmax::segments)
                .withMessageContaining("no memberships");
    }

    @Test
    void textIsAsWideAsItsLetters() {
        assertThat(BitmapFont.TEXT.width("Π ε² R_c × ·"))
                .isEqualTo(BitmapFont.TEXT.width("Π ε² ") + BitmapFont.TEXT.width("R_c × ·"));
        assertThat(BitmapFont.TEXT.width("猫")).isEqualTo(BitmapFont.TEXT.width("?"));
        assertThat(BitmapFont.TITLE.height()).isGreaterThan(BitmapFont.TEXT.height());
    }

    @Test
    void aLetterIsDrawnWhereItIsPut() {
        RgbImage page = new Drawing(40, 30).text("l", 10, 5, BitmapFont.TEXT, 0).image();
        int darkest = 0xffffff;
        for (int y = 5; y < 25; y++) {
            for (int x = 8; x < 18; x++) {
                darkest = Math.min(darkest, pixel(page, y, x));
            }
        }
        assertThat(darkest).isLessThan(0x404040);
        assertThat(pixel(page, 2, 30)).isEqualTo(0xffffff);
    }
}
