#include "service/web/pictures/palette.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

namespace itqan::web {
namespace {

constexpr std::size_t most_colours = 256;

struct Colour {
    std::uint32_t value = 0;
    std::uint32_t count = 0;
};
int channel(std::uint32_t value, int number) {
    return static_cast<int>(value >> (8 * number) & 0xFF);
}

/// Colours next to each other in one list, and how much is lost when one stands for all.
struct Box {
    std::size_t begin = 0, end = 0;
    double loss = 0;
    int widest = 0;
};

Box measured(std::vector<Colour> const& colours, std::size_t begin, std::size_t end) {
    Box box{begin, end, 0, 0};
    double most = -1;
    for (int number = 0; number < 4; ++number) {
        double count = 0, sum = 0, squares = 0;
        for (std::size_t i = begin; i < end; ++i) {
            double const value = channel(colours[i].value, number);
            count += colours[i].count;
            sum += value * colours[i].count;
            squares += value * value * colours[i].count;
        }
        double const loss = squares - sum * sum / count;
        box.loss += loss;
        if (loss > most) {
            most = loss;
            box.widest = number;
        }
    }
    return box;
}

/// Two boxes, parted at the mean of the channel that varies most.
std::pair<Box, Box> halves(std::vector<Colour>& colours, Box const& box) {
    double count = 0, sum = 0;
    for (std::size_t i = box.begin; i < box.end; ++i) {
        count += colours[i].count;
        sum += static_cast<double>(channel(colours[i].value, box.widest)) * colours[i].count;
    }
    auto const begin = colours.begin() + static_cast<std::ptrdiff_t>(box.begin);
    auto const end = colours.begin() + static_cast<std::ptrdiff_t>(box.end);
    auto const parted = std::stable_partition(
        begin, end, [&](Colour const& colour) { return channel(colour.value, box.widest) <= sum / count; });
    auto const middle = static_cast<std::size_t>(parted - colours.begin());
    return {measured(colours, box.begin, middle), measured(colours, middle, box.end)};
}

std::uint32_t mean(std::vector<Colour> const& colours, Box const& box) {
    std::array<std::uint64_t, 4> sums{};
    std::uint64_t count = 0;
    for (std::size_t i = box.begin; i < box.end; ++i) {
        count += colours[i].count;
        for (int number = 0; number < 4; ++number)
            sums[static_cast<std::size_t>(number)] +=
                std::uint64_t{colours[i].count} * static_cast<std::uint64_t>(channel(colours[i].value, number));
    }
    std::uint32_t value = 0;
    for (std::size_t number = 0; number < 4; ++number)
        value |= static_cast<std::uint32_t>((sums[number] + count / 2) / count) << (8 * number);
    return value;
}

std::vector<Colour> counted(std::vector<std::uint32_t> const& pixels) {
    std::unordered_map<std::uint32_t, std::uint32_t> counts;
    for (auto const pixel : pixels)
        ++counts[pixel];
    std::vector<Colour> colours;
    for (auto const& [value, count] : counts)
        colours.push_back({value, count});
    std::sort(colours.begin(), colours.end(), [](auto const& a, auto const& b) { return a.value < b.value; });
    return colours;
}

}  // namespace

IndexedPicture index_colours(std::vector<std::uint32_t> const& pixels) {
    IndexedPicture picture;
    if (pixels.empty()) return picture;
    auto colours = counted(pixels);
    std::vector<Box> boxes{measured(colours, 0, colours.size())};
    while (boxes.size() < std::min(most_colours, colours.size())) {
        auto const worst =
            std::max_element(boxes.begin(), boxes.end(), [](auto const& a, auto const& b) { return a.loss < b.loss; });
        if (worst->end - worst->begin < 2) break;
        auto const [low, high] = halves(colours, *worst);
        *worst = low;
        boxes.push_back(high);
    }

    std::vector<std::pair<std::uint32_t, Box>> named;
    for (auto const& box : boxes)
        named.emplace_back(mean(colours, box), box);
    std::sort(named.begin(), named.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    std::unordered_map<std::uint32_t, std::uint8_t> places;
    for (auto const& [value, box] : named) {
        for (std::size_t i = box.begin; i < box.end; ++i)
            places[colours[i].value] = static_cast<std::uint8_t>(picture.colours.size());
        picture.colours.push_back(value);
    }
    picture.pixels.reserve(pixels.size());
    for (auto const pixel : pixels)
        picture.pixels.push_back(places.at(pixel));
    return picture;
}

}  // namespace itqan::web
