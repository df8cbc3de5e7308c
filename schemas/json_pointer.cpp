#include "schemas/json_pointer.hpp"

namespace itqan::schemas {

std::string pointer_token(std::string_view name) {
    std::string out;
    out.reserve(name.size());
    for (char const c : name) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

std::string Place::text() const {
    if (parent_ == nullptr) return {};
    return parent_->text() + "/" + (name_.data() == nullptr ? std::to_string(index_) : pointer_token(name_));
}

}  // namespace itqan::schemas
