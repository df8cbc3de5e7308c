#include "schemas/json_ld_context.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "schemas/json_ld_inverse.hpp"

namespace itqan::schemas {

std::string_view direction_name(Direction direction) {
    return direction == Direction::ltr ? "ltr" : "rtl";
}

TermTable::Slot const* TermTable::find_slot(std::string_view term) const {
    if (slots_.empty()) return nullptr;
    auto const mask = slots_.size() - 1;
    auto const hash = std::hash<std::string_view>{}(term);
    for (auto position = hash & mask; slots_[position].taken; position = (position + 1) & mask) {
        auto const& slot = slots_[position];
        if (slot.hash == hash && slot.definition && slot.definition->term == term) return &slot;
    }
    return nullptr;
}

TermDefinition const* TermTable::find(std::string_view term) const {
    auto const* slot = find_slot(term);
    return slot == nullptr ? nullptr : slot->definition.get();
}

std::shared_ptr<TermDefinition const> TermTable::share(std::string_view term) const {
    auto const* slot = find_slot(term);
    return slot == nullptr ? nullptr : slot->definition;
}

void TermTable::set(std::shared_ptr<TermDefinition const> definition) {
    if (auto const* slot = find_slot(definition->term)) {
        slots_[static_cast<std::size_t>(slot - slots_.data())].definition = std::move(definition);
        return;
    }
    if (2 * (taken_ + 1) > slots_.size()) grow();
    auto const mask = slots_.size() - 1;
    auto const hash = std::hash<std::string_view>{}(definition->term);
    auto position = hash & mask;
    while (slots_[position].taken)
        position = (position + 1) & mask;
    slots_[position] = {hash, true, std::move(definition)};
    ++taken_;
    ++size_;
}

void TermTable::erase(std::string_view term) {
    auto const* slot = find_slot(term);
    if (slot == nullptr) return;
    slots_[static_cast<std::size_t>(slot - slots_.data())].definition = nullptr;
    --size_;
}

void TermTable::grow() {
    std::size_t capacity = 16;  // Always a power of two, so that a mask finds the slot.
    while (capacity < 4 * (size_ + 1))
        capacity *= 2;
    auto old = std::exchange(slots_, std::vector<Slot>(capacity));
    size_ = taken_ = 0;
    for (auto& slot : old) {
        if (slot.definition) set(std::move(slot.definition));
    }
}

ActiveContext::ActiveContext(ContextFields fields, bool cached)
    : ContextFields(std::move(fields)), cached_(cached), type_names_{"@type"}, value_names_{"@value"} {
    terms.for_each([this](TermDefinition const& definition) {
        if (definition.keyword == Keyword::type && definition.term != "@type") type_names_.push_back(definition.term);
        if (definition.keyword == Keyword::value) value_names_.push_back(definition.term);
    });
    std::sort(type_names_.begin(), type_names_.end());
    std::sort(value_names_.begin(), value_names_.end());
}
ActiveContext::~ActiveContext() = default;

InverseContext const& ActiveContext::inverse() const {
    std::call_once(inverse_made_, [this] {
        inverse_ = std::make_unique<InverseContext>(make_inverse_context(*this));
        has_inverse_.store(true, std::memory_order_relaxed);
    });
    return *inverse_;
}

}  // namespace itqan::schemas
